/// The report on a terminal: the line while it runs, and the table at its end.
@NullMarked
package dev.pigou.bench.load.report.text;

import org.jspecify.annotations.NullMarked;
