package dev.pigou.kvcache;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

final class TournamentTest {
    private static final int CONTENDERS = 16;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.pigou.kvcache.Seeds#few")
    void theLeastOfThoseThatTakePartWins(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] score = new double[CONTENDERS];
        Tournament tournament = new Tournament(score);
        TreeSet<Integer> model = new TreeSet<>();
        for (int step = 0; step < 500; step++) {
            int contender = random.nextInt(CONTENDERS);
            if (random.nextInt(20) == 0) {
                score[contender] = random.nextInt(5);
                tournament.replay();
            } else if (model.remove(contender)) {
                tournament.leave(contender);
            } else {
                model.add(contender);
                tournament.join(contender);
            }
            tournament.checkInvariants();
            assertThat(tournament.takesPart(contender)).isEqualTo(model.contains(contender));
            assertThat(tournament.least()).as("step %d", step)
                    .isEqualTo(model.stream()
                            .min(Comparator.<Integer>comparingDouble(i -> score[i]).thenComparing(i -> i))
                            .orElse(Tournament.NOBODY));
        }
    }
}
