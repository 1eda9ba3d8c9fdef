/// The command line, and the composition root: the only package that sees every other one.
@NullMarked
package dev.pigou.engine.cli;

import org.jspecify.annotations.NullMarked;
