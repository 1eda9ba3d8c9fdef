@NullMarked
package dev.pigou.bench;

import org.jspecify.annotations.NullMarked;
