package dev.pigou.bench;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** The layering that package docs promise. */
final class ArchitectureTest {
    private static final String ROOT = "dev.pigou.bench";
    private static final String GENERATED_BY_JMH = ".*jmh_generated.*";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.matches(Pattern.compile(GENERATED_BY_JMH)))
            .importPackages(ROOT);

    @Test
    void onlyTheClientAndTheStubKnowNetty() { onlyIn("io.netty..", "load.client", "load.stub"); }

    @Test
    void picocliStaysInTheCommands() { onlyIn("picocli..", "cli", "jmh.check"); }

    @Test
    void jmhStaysInItsPackage() { onlyIn("org.openjdk.jmh..", "jmh"); }

    @Test
    void theHarnessMeasuresAnyServer() {
        noClasses().that()
                .resideInAnyPackage(ROOT + ".load", ROOT + ".load.client..", ROOT + ".load.result..",
                        ROOT + ".load.report..")
                .should().dependOnClassesThat()
                .resideInAnyPackage("dev.pigou.engine..", "dev.pigou.scheduler..", "dev.pigou.kvcache..")
                .check(CLASSES);
    }

    @Test
    void reportsReadResultsAndNothingElse() {
        noClasses().that().resideInAPackage(ROOT + ".load.report..").should().dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".load", ROOT + ".load.client..", ROOT + ".load.workload..")
                .check(CLASSES);
    }

    @Test
    void tracesDoNotKnowWhoReplaysThem() {
        noClasses().that().resideInAPackage(ROOT + ".trace..").should().dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".load..", ROOT + ".cli..", "dev.pigou.engine..").check(CLASSES);
    }

    @Test
    void theSimulatorNeedsNoServer() {
        noClasses().that().resideInAPackage(ROOT + ".sim..").should().dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".load..", ROOT + ".cli..", "dev.pigou.engine..").check(CLASSES);
    }

    @Test
    void demandDoesNotKnowWhoServesIt() {
        noClasses().that().resideInAPackage(ROOT + ".sim.demand..").should().dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".sim", ROOT + ".sim.report..", ROOT + ".sim.hindsight..")
                .check(CLASSES);
    }

    @Test
    void onlyTheBoundNeedsASolver() { onlyIn("org.ojalgo..", "sim.hindsight"); }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> marked = CLASSES.stream()
                .filter(c -> c.getSimpleName().equals("package-info") && c.isAnnotatedWith(NullMarked.class))
                .map(JavaClass::getPackageName).collect(Collectors.toSet());
        Set<String> all = CLASSES.stream().map(JavaClass::getPackageName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(marked).containsAll(all);
    }

    @Test
    void namesSayWhatThingsAre() {
        assertThat(CLASSES.stream().map(JavaClass::getSimpleName))
                .noneMatch(name -> Pattern.matches(".*(Utils?|Helpers?|Manager|Context|Data|Info)", name));
    }

    private static void onlyIn(String library, String... packages) {
        String[] allowed = Stream.of(packages).map(name -> ROOT + "." + name + "..").toArray(String[]::new);
        noClasses().that().resideOutsideOfPackages(allowed).should().dependOnClassesThat()
                .resideInAPackage(library).check(CLASSES);
    }
}
