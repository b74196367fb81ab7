import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The Java driver 4: executeAsync(), each answer sends the next request. See ../README.md. */
public final class Client {
  private static final int KEYS = 10_000;
  private static final int WIDE_KEYS = 4;
  private static final int WIDE_ROWS = 5_000;
  private static final int PAGE_SIZE = 10_000;
  private static final int LATENCY_EVERY = 8;
  private static final List<String> TAGS = List.of("alpha", "beta", "gamma");
  private static final String[] NAMES = new String[KEYS];

  static {
    for (int key = 0; key < KEYS; key++) NAMES[key] = String.format("benchmark row %06d", key);
  }

  private final CqlSession session;
  private final PreparedStatement statement;
  private final String workload;
  private final AtomicLong next = new AtomicLong();
  private final LongAdder answered = new LongAdder();
  private final float[] latenciesMs = new float[1 << 20];
  private final AtomicInteger latencyCount = new AtomicInteger();
  private volatile boolean isOpen;
  private volatile boolean isStopped;
  private volatile double sum;

  private Client(CqlSession session, String workload) {
    this.session = session;
    this.workload = workload;
    statement =
        session.prepare(
            switch (workload) {
              case "insert" -> "INSERT INTO bench.t (id, name, value, ts, tags) VALUES (?, ?, ?, ?, ?)";
              case "select1" -> "SELECT * FROM bench.t WHERE id = ?";
              default -> "SELECT * FROM bench.wide WHERE id = ?";
            });
  }

  private BoundStatement bind(long key) {
    int at = (int) (key % KEYS);
    return switch (workload) {
      case "insert" -> statement.bind((long) at, NAMES[at], key * 0.5, Instant.ofEpochMilli(1_700_000_000_000L + key), TAGS);
      case "select1" -> statement.bind((long) at);
      default -> statement.bind((int) (key % WIDE_KEYS));
    };
  }

  private void send() {
    if (isStopped) return;
    long key = next.getAndIncrement();
    long sentAt = key % LATENCY_EVERY == 0 ? System.nanoTime() : 0;
    session.executeAsync(bind(key)).whenComplete((result, error) -> answer(result, error, sentAt));
  }

  private void answer(AsyncResultSet result, Throwable error, long sentAt) {
    try {
      if (error != null) throw error;
      if (workload.equals("select1")) readSingle(result.one());
      else if (workload.equals("wide")) readPage(result.currentPage());
    } catch (Throwable failure) {
      failure.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
    if (sentAt != 0 && isOpen) {
      int at = latencyCount.getAndIncrement();
      if (at < latenciesMs.length) latenciesMs[at] = (System.nanoTime() - sentAt) / 1e6f;
    }
    answered.increment();
    send();
  }

  private static void readSingle(Row row) {
    boolean isThere = row.getInstant(3) != null && row.getLong(0) >= 0 && row.getDouble(4) >= 0;
    if (!isThere || row.getString(1).length() + row.getList(2, String.class).size() != 23) throw new IllegalStateException("a wrong row");
  }

  private void readPage(Iterable<Row> rows) {
    int count = 0;
    double total = 0;
    for (Row row : rows) {
      total += row.getInt(0) + row.getLong(1) + row.getString(2).length() + row.getDouble(5);
      if (row.getInstant(3) == null || row.getUuid(4) == null) throw new IllegalStateException("a wrong row");
      count++;
    }
    if (count != WIDE_ROWS) throw new IllegalStateException(count + " rows where " + WIDE_ROWS + " were asked for");
    sum = total;
  }

  /** User and system seconds of the process. */
  private static double[] cpu() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    double ticks = 100;
    return new double[] {Long.parseLong(fields[11]) / ticks, Long.parseLong(fields[12]) / ticks};
  }

  private static double peakRssMiB() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status")))
      if (line.startsWith("VmHWM:")) return Double.parseDouble(line.split("\\s+")[1]) / 1024;
    return 0;
  }

  private String percentile(double part) {
    int count = Math.min(latencyCount.get(), latenciesMs.length);
    if (count == 0) return "null";
    float[] sorted = Arrays.copyOf(latenciesMs, count);
    Arrays.sort(sorted);
    return Float.toString(sorted[Math.min(count - 1, (int) (count * part))]);
  }

  private void measure(int inFlight, long warmUpMs, long measureMs) throws Exception {
    for (int count = 0; count < inFlight; count++) send();
    Thread.sleep(warmUpMs);
    double[] before = cpu();
    long first = answered.sum();
    long openedAt = System.nanoTime();
    isOpen = true;
    Thread.sleep(measureMs);
    double[] after = cpu();
    long requests = answered.sum() - first;
    double seconds = (System.nanoTime() - openedAt) / 1e9;
    isStopped = true;
    System.out.printf(
        Locale.ROOT,
        "{\"requests\":%d,\"seconds\":%.4f,\"cpuUserSeconds\":%.3f,\"cpuSystemSeconds\":%.3f,\"p50Ms\":%s,\"p99Ms\":%s,\"p999Ms\":%s,"
            + "\"peakRssMiB\":%.1f,\"version\":\"%s\",\"protocol\":%d}%n",
        requests, seconds, after[0] - before[0], after[1] - before[1], percentile(0.5), percentile(0.99), percentile(0.999), peakRssMiB(),
        CqlSession.OSS_DRIVER_COORDINATES.getVersion(), session.getContext().getProtocolVersion().getCode());
    System.out.flush();
    Runtime.getRuntime().halt(0); // its threads would go on
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int at = 0; at + 1 < arguments.length; at += 2) options.put(arguments[at].substring(2), arguments[at + 1]);
    DriverConfigLoader loader =
        DriverConfigLoader.programmaticBuilder()
            .withString(DefaultDriverOption.PROTOCOL_VERSION, "V4")
            .withInt(DefaultDriverOption.REQUEST_PAGE_SIZE, PAGE_SIZE)
            .withInt(DefaultDriverOption.CONNECTION_MAX_REQUESTS, 4_096)
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(10))
            .build();
    InetSocketAddress address = new InetSocketAddress(options.get("host"), Integer.parseInt(options.get("port")));
    CqlSession session = CqlSession.builder().addContactPoint(address).withLocalDatacenter("dc1").withConfigLoader(loader).build();
    long warmUpMs = Long.parseLong(options.get("warm-up-ms"));
    long measureMs = Long.parseLong(options.get("measure-ms"));
    new Client(session, options.get("workload")).measure(Integer.parseInt(options.get("in-flight")), warmUpMs, measureMs);
  }
}
