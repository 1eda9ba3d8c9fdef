/// One HTML file that needs nothing but a browser.
@NullMarked
package dev.pigou.bench.load.report.html;

import org.jspecify.annotations.NullMarked;
