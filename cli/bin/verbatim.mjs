#!/usr/bin/env node
// Not dist/main.js itself: npm links a bin at install time, when nothing is compiled yet.
import '../dist/main.js';
