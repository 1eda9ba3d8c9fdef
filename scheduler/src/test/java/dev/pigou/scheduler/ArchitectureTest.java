package dev.pigou.scheduler;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** What {@code package-info} promises: no clock, no threads, no I/O, and nothing from outside but the JDK and the KV cache. */
final class ArchitectureTest {
    private static final String PACKAGE = "dev.pigou.scheduler";

    private final JavaClasses production = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(PACKAGE);

    @Test
    void nothingButTheKvCacheAndTheJdkIsKnown() {
        classes().should().onlyDependOnClassesThat().resideInAnyPackage(PACKAGE + "..", "dev.pigou.kvcache",
                "java.lang..", "java.util", "org.jspecify.annotations").check(production);
    }

    @Test
    void timeAndChanceAreArguments() {
        noClasses().should().callMethod(System.class, "nanoTime").orShould()
                .callMethod(System.class, "currentTimeMillis").orShould().callMethod(Math.class, "random")
                .check(production);
        noClasses().should().dependOnClassesThat().belongToAnyOf(Instant.class, Random.class)
                .check(production);
    }

    @Test
    void oneThreadOwnsEverything() {
        noClasses().should().dependOnClassesThat().belongToAnyOf(Thread.class).check(production);
        methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED).check(production);
    }

    @Test
    void classesAreNamedAfterWhatTheyAre() {
        noClasses().should().haveSimpleNameEndingWith("Util").orShould().haveSimpleNameEndingWith("Utils")
                .orShould().haveSimpleNameEndingWith("Helper").check(production);
    }

    @Test
    void nullIsMarked() {
        assertThat(production.getPackage(PACKAGE).isAnnotatedWith(NullMarked.class)).isTrue();
    }
}
