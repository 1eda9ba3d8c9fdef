package dev.pigou.bench.served;

import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import dev.pigou.bench.load.workload.Bid;
import dev.pigou.bench.load.workload.Workload;
import java.util.List;

/**
 * What a run was for one tenant, as its clients saw it.
 *
 * @param answered whole answers that had begun in time
 * @param refused with 429
 * @param left whose clients lost their patience
 * @param ttftP50Seconds who was answered nothing counts with his whole patience, or the slower of two policies that lose
 *     requests would look like the faster
 * @param offered credits: the worth at once of all that was asked
 * @param inTime credits: the worth at once of what was answered
 * @param welfare credits: what the answers were worth when they began
 * @param charge credits, as the answers said
 */
public record TenantScore(int sent, int answered, int refused, int left, double ttftP50Seconds,
        double ttftP99Seconds, double offered, double inTime, double welfare, double charge) {

    static TenantScore of(Sender sender, Workload workload, RunResult run, Window window) {
        List<RequestRecord> requests = run.requests().stream()
                .filter(request -> request.tenant().equals(sender.name()) && window.holds(request)).toList();
        double offered = 0;
        double inTime = 0;
        double welfare = 0;
        int answered = 0;
        double[] ttft = new double[requests.size()];
        for (int i = 0; i < ttft.length; i++) {
            RequestRecord request = requests.get(i);
            Bid bid = workload.sessions().get(request.session()).tenant().bid();
            double value = bid.value().orElse(0);
            offered += value;
            ttft[i] = Math.min(sender.patienceSeconds(), waitSeconds(request));
            if (request.completed() && ttft[i] < sender.patienceSeconds()) {
                answered++;
                inTime += value;
                welfare += Math.max(0, value - bid.latencyPrice().orElse(0) * ttft[i]);
            }
        }
        var times = new Samples(ttft);
        return new TenantScore(requests.size(), answered,
                (int) requests.stream().flatMap(request -> request.failure().stream())
                        .filter(failure -> failure.kind() == Failure.Kind.REFUSED).count(),
                (int) requests.stream().filter(RequestRecord::disconnected).count(), times.quantile(0.5),
                times.quantile(0.99), offered, inTime, welfare,
                requests.stream().mapToDouble(request -> request.charge().orElse(0)).sum());
    }

    /** An answer may be whole without a word, such as one of special tokens: it began when it ended, at the latest. */
    private static double waitSeconds(RequestRecord request) {
        if (request.firstTokenNanos() >= 0) {
            return request.ttftNanos() / 1e9;
        }
        return request.completed() ? request.e2eNanos() / 1e9 : Double.POSITIVE_INFINITY;
    }
}
