/* main.c - where the program begins. */
#include "cmd/command.h"

#include <unistd.h>

int main(int argc, char **argv)
{
    return command_main(argc, (const char **)argv, (const char *const *)environ);
}
