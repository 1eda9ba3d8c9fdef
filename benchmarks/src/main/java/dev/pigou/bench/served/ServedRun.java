package dev.pigou.bench.served;

import java.util.List;
import java.util.Map;

/**
 * One run of one policy.
 *
 * @param volume the lengthy tenant's, as a multiple of what it is at least; 0 without it
 * @param tenants what clients saw, by tenant
 * @param ledger what the server booked, by tenant
 * @param market about once a second
 * @param remarks what a reader must know, such as a harness that was too slow
 */
record ServedRun(Question question, String policy, int volume, long seed, String started,
        Map<String, TenantScore> tenants, Map<String, LedgerSums> ledger, List<MarketSample> market,
        List<String> remarks) {

    /** What a run is to answer, and so what its answers are worth. */
    enum Question {
        /** All answers are worth the same: does one tenant feel the other? */
        ISOLATION,
        /** Some answers are worth more than others: how much of that is served? */
        WELFARE
    }

    double welfare() { return tenants.values().stream().mapToDouble(TenantScore::welfare).sum(); }

    double inTime() { return tenants.values().stream().mapToDouble(TenantScore::inTime).sum(); }

    double offered() { return tenants.values().stream().mapToDouble(TenantScore::offered).sum(); }
}
