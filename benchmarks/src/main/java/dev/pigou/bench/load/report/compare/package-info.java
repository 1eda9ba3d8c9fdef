/// Whether one server is faster than another, and how sure that is.
@NullMarked
package dev.pigou.bench.load.report.compare;

import org.jspecify.annotations.NullMarked;
