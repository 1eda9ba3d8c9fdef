package dev.pigou.engine.http;

/**
 * One request, complete.
 *
 * @param headOnly nobody reads the answer's body, so that a stream can end at once
 * @param argument what the route's pattern leaves open in the path; empty if nothing
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
record Call(boolean headOnly, String argument, byte[] body) {}
