package dev.pigou.bench.sim.hindsight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ojalgo.array.ArrayR064;
import org.ojalgo.matrix.store.R064CSC;
import org.ojalgo.optimisation.Optimisation;
import org.ojalgo.optimisation.linear.LinearSolver;
import org.ojalgo.structure.Access1D;

/**
 * The linear program with some of its columns: how much of which schedule, so that no job has more than one in all and no
 * resource is used beyond what there is. Resources are scaled so that there is one unit of each.
 */
final class RestrictedProgram {
    private final Instance instance;
    private final int slots;
    private final List<Column> columns = new ArrayList<>();

    /** One schedule of one job: rows and what it takes of them. */
    @SuppressWarnings("ArrayRecordComponent") // working storage; nobody compares two
    private record Column(double value, int[] rows, double[] amounts) {}

    /**
     * The best mixture of the columns there are.
     *
     * @param prices of the resources
     * @param surpluses of the jobs
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Optimum(double value, SlotAmounts prices, double[] surpluses) {}

    RestrictedProgram(Instance instance) {
        this.instance = instance;
        slots = instance.slots().count();
    }

    int size() { return columns.size(); }

    void add(int job, double value, SlotAmounts usage) {
        int[] rows = new int[2 * slots + 1];
        double[] amounts = new double[2 * slots + 1];
        int count = 0;
        for (int slot = 0; slot < slots; slot++) {
            if (usage.memory()[slot] > 0) {
                rows[count] = slot;
                amounts[count++] = usage.memory()[slot] / instance.memoryCapacity();
            }
        }
        for (int slot = 0; slot < slots; slot++) {
            if (usage.time()[slot] > 0) {
                rows[count] = slots + slot;
                amounts[count++] = usage.time()[slot] / instance.timeCapacity();
            }
        }
        rows[count] = 2 * slots + job;
        amounts[count++] = 1;
        columns.add(new Column(value, Arrays.copyOf(rows, count), Arrays.copyOf(amounts, count)));
    }

    /** Solves it with what columns there are, at least one. */
    Optimum solve() {
        int[] rowOf = usedRows();
        int rows = (int) Arrays.stream(rowOf).filter(row -> row >= 0).count();
        R064CSC.Builder matrix = R064CSC.newBuilder(rows, columns.size());
        double[] objective = new double[columns.size()];
        for (int i = 0; i < objective.length; i++) {
            Column column = columns.get(i);
            objective[i] = -column.value;
            for (int k = 0; k < column.rows.length; k++) {
                matrix.set(rowOf[column.rows[k]], i, column.amounts[k]);
            }
        }
        double[] ones = new double[rows];
        Arrays.fill(ones, 1);
        Optimisation.Result result = LinearSolver.newBuilder(objective)
                .inequalities(matrix.build(), ArrayR064.wrap(ones)).lower(0).solve();
        if (!result.getState().isOptimal()) {
            throw new IllegalStateException("the linear program was not solved: " + result.getState());
        }
        return optimum(result, rowOf);
    }

    /** Rows that any column touches are numbered without gaps; the others are -1 and left out, for they cannot bind. */
    private int[] usedRows() {
        int[] rowOf = new int[2 * slots + instance.jobs().size()];
        Arrays.fill(rowOf, -1);
        int next = 0;
        for (Column column : columns) {
            for (int row : column.rows) {
                if (rowOf[row] < 0) {
                    rowOf[row] = next++;
                }
            }
        }
        return rowOf;
    }

    private Optimum optimum(Optimisation.Result result, int[] rowOf) {
        Access1D<?> duals = result.getDualSolution()
                .orElseThrow(() -> new IllegalStateException("the solver gave no dual prices")).get();
        SlotAmounts prices = SlotAmounts.zeros(slots);
        for (int slot = 0; slot < slots; slot++) {
            prices.memory()[slot] = dual(duals, rowOf[slot]) / instance.memoryCapacity();
            prices.time()[slot] = dual(duals, rowOf[slots + slot]) / instance.timeCapacity();
        }
        double[] surpluses = new double[instance.jobs().size()];
        for (int job = 0; job < surpluses.length; job++) {
            surpluses[job] = dual(duals, rowOf[2 * slots + job]);
        }
        double value = 0;
        for (int i = 0; i < columns.size(); i++) {
            value += columns.get(i).value * result.doubleValue(i);
        }
        return new Optimum(value, prices, surpluses);
    }

    /** The solver minimises the value's negative: its multipliers have the other sign. */
    private static double dual(Access1D<?> duals, int row) {
        return row < 0 ? 0 : Math.abs(duals.doubleValue(row));
    }
}
