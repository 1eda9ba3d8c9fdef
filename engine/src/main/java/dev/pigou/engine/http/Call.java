package dev.pigou.engine.http;

import dev.pigou.engine.tenant.Account;

/**
 * One request, complete.
 *
 * @param caller on whose account it runs
 * @param headOnly nobody reads the answer's body, so that a stream can end at once
 * @param argument what the route's pattern leaves open in the path; empty if nothing
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
record Call(Account caller, boolean headOnly, String argument, byte[] body) {}
