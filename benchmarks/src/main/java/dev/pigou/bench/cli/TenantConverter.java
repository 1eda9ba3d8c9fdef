package dev.pigou.bench.cli;

import dev.pigou.bench.load.workload.Bid;
import dev.pigou.bench.load.workload.Tenant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A tenant as the command line has it: {@code NAME[,FIELD=VALUE,...]}. */
final class TenantConverter implements ITypeConverter<Tenant> {
    private static final Set<String> FIELDS = Set.of("weight", "key", "tier", "value", "latency-price",
            "max-price", "deadline-ms");

    @Override
    public Tenant convert(String text) {
        String[] parts = text.split(",", -1);
        String name = parts[0].strip();
        if (name.isEmpty() || name.contains("=")) {
            throw new TypeConversionException("'" + text + "' must begin with the tenant's name");
        }
        Map<String, String> fields = fields(parts);
        double weight = fields.containsKey("weight") ? number(fields, "weight").getAsDouble() : 1;
        if (weight == 0) {
            throw new TypeConversionException("weight of " + name + " must be above 0; leave the tenant out");
        }
        var bid = new Bid(Optional.ofNullable(fields.get("tier")), number(fields, "value"),
                number(fields, "latency-price"), number(fields, "max-price"), milliseconds(fields));
        return new Tenant(name, weight, Optional.ofNullable(fields.get("key")), bid);
    }

    /** For reports: as it was written, but without its key, which is a secret. */
    static String describe(Tenant tenant) {
        Bid bid = tenant.bid();
        return Stream
                .of(Optional.of(tenant.name()), Optional.of("weight=" + tenant.weight()),
                        bid.serviceTier().map(tier -> "tier=" + tier), text("value", bid.value()),
                        text("latency-price", bid.latencyPrice()), text("max-price", bid.maxPrice()),
                        bid.deadlineMs().stream().mapToObj(ms -> "deadline-ms=" + ms).findAny())
                .flatMap(Optional::stream).collect(Collectors.joining(","));
    }

    private static Optional<String> text(String field, OptionalDouble value) {
        return value.isPresent() ? Optional.of(field + "=" + value.getAsDouble()) : Optional.empty();
    }

    private static Map<String, String> fields(String[] parts) {
        Map<String, String> fields = new HashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=", 2);
            String field = pair[0].strip();
            if (pair.length < 2 || !FIELDS.contains(field)) {
                throw new TypeConversionException("'" + parts[i] + "' is no field of a tenant; fields are "
                        + String.join(", ", new TreeSet<>(FIELDS)) + ", each with =VALUE");
            }
            if (fields.put(field, pair[1].strip()) != null) {
                throw new TypeConversionException(field + " is given twice");
            }
        }
        return fields;
    }

    private static OptionalDouble number(Map<String, String> fields, String field) {
        String text = fields.get(field);
        if (text == null) {
            return OptionalDouble.empty();
        }
        double number = parse(field, text);
        if (!(number >= 0) || Double.isInfinite(number)) {
            throw new TypeConversionException(field + " must be at least 0, but is " + text);
        }
        return OptionalDouble.of(number);
    }

    private static OptionalLong milliseconds(Map<String, String> fields) {
        OptionalDouble number = number(fields, "deadline-ms");
        return number.isPresent() ? OptionalLong.of(Math.round(number.getAsDouble())) : OptionalLong.empty();
    }

    private static double parse(String field, @Nullable String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException(field + " must be a number, but is '" + text + "'");
        }
    }
}
