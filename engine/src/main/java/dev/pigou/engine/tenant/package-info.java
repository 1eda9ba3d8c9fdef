/// Who may send requests, and on whose account: tenants, and the API keys they are known by.
///
/// Values without threads, files or transport.
@NullMarked
package dev.pigou.engine.tenant;

import org.jspecify.annotations.NullMarked;
