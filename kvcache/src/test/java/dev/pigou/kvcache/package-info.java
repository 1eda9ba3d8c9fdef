@NullMarked
package dev.pigou.kvcache;

import org.jspecify.annotations.NullMarked;
