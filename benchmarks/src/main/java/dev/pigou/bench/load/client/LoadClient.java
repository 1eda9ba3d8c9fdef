package dev.pigou.bench.load.client;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends requests to one server and notes what comes back. Safe for use by many threads; what comes back is heard of on
 * its event loops.
 */
public final class LoadClient implements AutoCloseable {
    private static final long CLOSE_MILLIS = 5000;

    private final EventLoopGroup loops;
    private final List<Thread> threads;
    private final List<ConnectionPool> pools;
    private final AtomicInteger nextPool = new AtomicInteger();
    private final LongAdder tokens = new LongAdder();

    private LoadClient(EventLoopGroup loops, List<Thread> threads, List<ConnectionPool> pools) {
        this.loops = loops;
        this.threads = threads;
        this.pools = pools;
    }

    /** A client without connections; they are opened as they are needed. */
    public static LoadClient open(Target target, int eventLoops) {
        boolean epoll = Epoll.isAvailable();
        List<Thread> threads = new CopyOnWriteArrayList<>();
        var loops = new MultiThreadIoEventLoopGroup(eventLoops,
                new DefaultThreadFactory("bench-client", true) {
                    @Override
                    protected Thread newThread(Runnable task, String name) {
                        Thread thread = super.newThread(task, name);
                        threads.add(thread);
                        return thread;
                    }
                }, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        Class<? extends Channel> kind = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        var address = new InetSocketAddress(target.baseUrl().host(), target.baseUrl().port());
        List<ConnectionPool> pools = new ArrayList<>();
        loops.forEach(loop -> pools.add(new ConnectionPool(target, address, (EventLoop) loop, kind)));
        return new LoadClient(loops, threads, List.copyOf(pools));
    }

    /**
     * Sends a request now. Returns at once.
     *
     * @param dueNanos when it was due, since the run began; if empty it is due when it is sent
     */
    public void send(Ask ask, RunClock clock, OptionalLong dueNanos, AnswerListener listener) {
        ConnectionPool pool = pools.get(Math.floorMod(nextPool.getAndIncrement(), pools.size()));
        pool.loop().execute(() -> pool.send(new Exchange(ask, clock, dueNanos, listener, tokens)));
    }

    /** Chunks with text that have come so far, over all answers. */
    public long tokens() {
        return tokens.sum();
    }

    /** Its event loops, as far as they have had something to do. */
    public List<Thread> threads() {
        return List.copyOf(threads);
    }

    /** Cuts every connection. What was under way is not heard of, or as failed. */
    @Override
    public void close() {
        loops.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2 * CLOSE_MILLIS);
    }
}
