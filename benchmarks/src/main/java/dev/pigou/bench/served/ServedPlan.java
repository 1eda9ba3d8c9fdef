package dev.pigou.bench.served;

import dev.pigou.bench.served.ServedRun.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which runs there are, and in which order: policies take turns, and the order turns round each time, so that what drifts
 * on the machine hits all of them alike.
 *
 * @param volumes of the lengthy tenant where answers are worth the same
 * @param welfareVolume where they are not
 */
public record ServedPlan(List<Rival> rivals, List<Integer> volumes, int welfareVolume, List<Long> seeds) {
    /** One run that is to be made. */
    record Entry(Question question, Rival rival, int volume, long seed) {
        /** Of its result, and unlike all others. */
        String fileName() {
            return String.format(Locale.ROOT, "%s-x%d-seed%d-%s.json", question, volume, seed, rival)
                    .toLowerCase(Locale.ROOT);
        }

        /** Different prompts in each run of one server, or a later one would find those of an earlier in the cache. */
        long workloadSeed() {
            return 1000 * seed + 10L * volume + (question == Question.WELFARE ? 1 : 0);
        }
    }

    public ServedPlan {
        rivals = List.copyOf(rivals);
        volumes = List.copyOf(volumes);
        seeds = List.copyOf(seeds);
        if (rivals.isEmpty() || volumes.isEmpty() || seeds.isEmpty()) {
            throw new IllegalArgumentException("at least one policy, one volume and one seed are needed");
        }
        if (welfareVolume < 0 || volumes.stream().anyMatch(volume -> volume < 0)) {
            throw new IllegalArgumentException("a volume must be at least 0, as 0,1,2,4");
        }
    }

    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        int round = 0;
        for (long seed : seeds) {
            for (int volume : volumes) {
                addRound(entries, Question.ISOLATION, volume, seed, round++);
            }
            addRound(entries, Question.WELFARE, welfareVolume, seed, round++);
        }
        return entries;
    }

    private void addRound(List<Entry> entries, Question question, int volume, long seed, int round) {
        for (Rival rival : round % 2 == 0 ? rivals : rivals.reversed()) {
            entries.add(new Entry(question, rival, volume, seed));
        }
    }
}
