package dev.pigou.bench.cli;

import dev.pigou.scheduler.price.Allowance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What simulated tenants may spend. */
final class WalletFlags {
    @Option(names = "--tenant", paramLabel = "NAME=REFILL:CAP[:FLOOR]", converter = Converter.class, description = ""
            + "Gives a tenant of the traffic a wallet: credits it earns a second, most that it holds, with which it begins, and the "
            + "share of KV memory it may have for nothing; may be repeated. Default: everybody may spend without limit.")
    private List<Wallet> wallets = List.of();

    @Option(names = "--rebate", description = "Hand what is paid back to the tenants with wallets, in equal parts.")
    private boolean rebate;

    boolean rebate() { return rebate; }

    /** One tenant's. */
    record Wallet(String tenant, Allowance allowance) {}

    /** By tenant's name. */
    Map<String, Allowance> allowances() {
        Map<String, Allowance> allowances = new LinkedHashMap<>();
        for (Wallet wallet : wallets) {
            if (allowances.put(wallet.tenant, wallet.allowance) != null) {
                throw new IllegalArgumentException("--tenant " + wallet.tenant + " is given twice");
            }
        }
        return allowances;
    }

    /** Reads one. */
    static final class Converter implements ITypeConverter<Wallet> {
        @Override
        public Wallet convert(String text) {
            int end = text.lastIndexOf('=');
            String[] numbers = text.substring(end + 1).split(":", -1);
            if (end < 1 || numbers.length < 2 || numbers.length > 3) {
                throw new TypeConversionException(
                        "'" + text + "' must be NAME=REFILL:CAP or NAME=REFILL:CAP:FLOOR");
            }
            try {
                double cap = Double.parseDouble(numbers[1]);
                double floor = numbers.length == 3 ? Double.parseDouble(numbers[2]) : 0;
                return new Wallet(text.substring(0, end),
                        new Allowance(Double.parseDouble(numbers[0]), cap, cap, floor));
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' has something in place of a number");
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "': " + e.getMessage());
            }
        }
    }
}
