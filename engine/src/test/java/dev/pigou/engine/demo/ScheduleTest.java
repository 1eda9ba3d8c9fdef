package dev.pigou.engine.demo;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ScheduleTest {
    @Test
    void theRateRisesStaysAndFallsToNothing() {
        var schedule = new Schedule(3000);
        assertThat(schedule.learningRate(0)).isLessThan(schedule.learningRate(100));
        assertThat(schedule.learningRate(300)).isEqualTo(schedule.learningRate(1400));
        assertThat(schedule.learningRate(2000)).isLessThan(schedule.learningRate(1600));
        assertThat(schedule.learningRate(2999)).isPositive().isLessThan(schedule.learningRate(1400) / 1000);
    }

    @Test
    void hardQuestionsBecomeMoreUntilTheyStayAtTheirShare() {
        var schedule = new Schedule(3000);
        assertThat(schedule.hardShare(0)).isLessThan(schedule.hardShare(500));
        assertThat(schedule.hardShare(2999)).isEqualTo(schedule.hardShare(1000)).isLessThan(1);
    }
}
