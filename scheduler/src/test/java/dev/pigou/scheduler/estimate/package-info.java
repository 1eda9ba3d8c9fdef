@NullMarked
package dev.pigou.scheduler.estimate;

import org.jspecify.annotations.NullMarked;
