package dev.pigou.engine.demo;

/**
 * What a corpus is made of.
 *
 * @param hardShare how many of the questions are hard, between 0 and 1
 * @param drillShare how many of the chats are drills, between 0 and 1
 */
record Mix(double hardShare, double drillShare) {}
