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
    void hardQuestionsComeLaterAndDrillsBecomeFewer() {
        var schedule = new Schedule(3000);
        assertThat(schedule.mix(0).hardShare()).isLessThan(schedule.mix(1200).hardShare());
        assertThat(schedule.mix(2999).drillShare()).isLessThan(schedule.mix(1200).drillShare());
    }
}
