@NullMarked
package dev.pigou.scheduler.price;

import org.jspecify.annotations.NullMarked;
