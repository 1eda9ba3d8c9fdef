package dev.pigou.engine.http;

import dev.pigou.engine.tenant.Account;

/**
 * One request, complete.
 *
 * @param caller on whose account it runs
 * @param argument what the route's pattern leaves open in the path; empty if nothing
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
record Call(Account caller, String argument, byte[] body) {}
