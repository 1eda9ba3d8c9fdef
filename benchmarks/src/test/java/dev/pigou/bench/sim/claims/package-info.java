/** What is claimed of the price policy, each claim a test that could refute it. Seeded, on generated traffic. */
@NullMarked
package dev.pigou.bench.sim.claims;

import org.jspecify.annotations.NullMarked;
