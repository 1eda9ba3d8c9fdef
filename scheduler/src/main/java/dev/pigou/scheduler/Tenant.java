package dev.pigou.scheduler;

/**
 * Whom a request belongs to.
 *
 * @param index from 0, without gaps among the tenants of one scheduler, so that policies keep what they know in arrays
 * @param name for reports
 * @param share of the machine it is entitled to, relative to the other tenants' shares; above 0
 */
public record Tenant(int index, String name, double share) {
    /** The only tenant of a server without configured ones. */
    public static final Tenant ANYBODY = new Tenant(0, "default", 1);

    public Tenant {
        if (index < 0 || !(share > 0) || share == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("tenant " + name + " has index " + index + " and share "
                    + share + ", but an index is at least 0 and a share above 0");
        }
    }
}
