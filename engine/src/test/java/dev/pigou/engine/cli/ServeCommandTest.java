package dev.pigou.engine.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ServeCommandTest {
    @Test
    void theAddressToTryIsOneThatAClientCanUse() throws UnknownHostException {
        assertThat(url(127, 0, 0, 1)).isEqualTo("http://127.0.0.1:8000");
        assertThat(url(0, 0, 0, 0)).as("every address is no address").isEqualTo("http://localhost:8000");
        assertThat(url(new byte[16])).isEqualTo("http://localhost:8000");
        byte[] loopback = new byte[16];
        loopback[15] = 1;
        assertThat(url(loopback)).as("colons need brackets").isEqualTo("http://[0:0:0:0:0:0:0:1]:8000");
    }

    private static String url(int... octets) throws UnknownHostException {
        byte[] address = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            address[i] = (byte) octets[i];
        }
        return url(address);
    }

    private static String url(byte[] address) throws UnknownHostException {
        return ServeCommand.url(new InetSocketAddress(InetAddress.getByAddress(address), 8000));
    }
}
