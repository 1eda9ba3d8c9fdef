/// Scheduling policies side by side on real servers: each in a process of its own, with tenants, keys and a
/// ledger, under the load of {@link dev.pigou.bench.load}. Knows how a server is started, what the two tenants
/// ask, and how the runs become one table and one picture; how a load is sent and measured is not
/// its business.
@NullMarked
package dev.pigou.bench.served;

import org.jspecify.annotations.NullMarked;
