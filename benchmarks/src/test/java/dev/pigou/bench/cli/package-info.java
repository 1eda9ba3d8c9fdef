@NullMarked
package dev.pigou.bench.cli;

import org.jspecify.annotations.NullMarked;
