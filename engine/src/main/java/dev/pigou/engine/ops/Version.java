package dev.pigou.engine.ops;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The version of this build, as its jar's manifest tells it. */
public final class Version {
    private Version() {}

    /** Such as {@code 0.1.0}, or {@code development} when the classes do not come out of a jar. */
    public static String current() {
        @Nullable
        String version = Version.class.getPackage().getImplementationVersion();
        return Objects.requireNonNullElse(version, "development");
    }
}
