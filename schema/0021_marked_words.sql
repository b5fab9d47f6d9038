-- 0021 marked_words: words of people begin with a mark in SQLite's index.
--
-- Messages and people shared their words, and a kind was one more word: whoever looked for
-- a person by a word of many messages walked all of those.

-- only sqlite
UPDATE search_entry
    SET words = substr(words, 1, instr(words, ' ') - 1) || replace(
        substr(words, instr(words, ' =k2') + 4), ' ', ' =p')
    WHERE search_entry MATCH '"=k2"';
-- both
