import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { language } from './lib/language.svelte.ts';
import { startRouter } from './lib/router.svelte.ts';
import * as theme from './lib/theme.svelte.ts';

theme.show();
document.documentElement.lang = language.current;
startRouter();
mount(App, { target: document.getElementById('app')! });
