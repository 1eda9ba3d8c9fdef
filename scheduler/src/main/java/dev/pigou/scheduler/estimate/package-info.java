/// What is learned from running: how long answers get, and what a step costs. Estimates only; who goes first
/// is not decided here.
@NullMarked
package dev.pigou.scheduler.estimate;

import org.jspecify.annotations.NullMarked;
