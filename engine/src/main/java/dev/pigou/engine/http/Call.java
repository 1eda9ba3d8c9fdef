package dev.pigou.engine.http;

/**
 * One request, complete.
 *
 * @param argument what the route's pattern leaves open in the path; empty if nothing
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
record Call(String argument, byte[] body) {}
