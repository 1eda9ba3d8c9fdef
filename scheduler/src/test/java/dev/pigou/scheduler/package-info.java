@NullMarked
package dev.pigou.scheduler;

import org.jspecify.annotations.NullMarked;
