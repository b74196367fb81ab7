// gocql, the Go driver: one goroutine for each request in flight. See ../README.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

const (
	keys         = 10_000
	wideKeys     = 4
	wideRows     = 5_000
	pageSize     = 10_000
	latencyEvery = 8
	module       = "github.com/apache/cassandra-gocql-driver/v2"
)

var tags = []string{"alpha", "beta", "gamma"}
var names = func() []string {
	all := make([]string, keys)
	for key := range all {
		all[key] = fmt.Sprintf("benchmark row %06d", key)
	}
	return all
}()

type report struct {
	Requests         int64    `json:"requests"`
	Seconds          float64  `json:"seconds"`
	CPUUserSeconds   float64  `json:"cpuUserSeconds"`
	CPUSystemSeconds float64  `json:"cpuSystemSeconds"`
	P50Ms            *float64 `json:"p50Ms"`
	P99Ms            *float64 `json:"p99Ms"`
	P999Ms           *float64 `json:"p999Ms"`
	PeakRssMiB       float64  `json:"peakRssMiB"`
	Version          string   `json:"version"`
	Protocol         int      `json:"protocol"`
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// request sends one request and reads its answer.
func request(session *gocql.Session, workload string) func(key int64) error {
	switch workload {
	case "insert":
		return func(key int64) error {
			const cql = "INSERT INTO bench.t (id, name, value, ts, tags) VALUES (?, ?, ?, ?, ?)"
			return session.Query(cql, key%keys, names[key%keys], float64(key)*0.5, time.UnixMilli(1_700_000_000_000+key), tags).Exec()
		}
	case "select1":
		return func(key int64) error {
			var id int64
			var name string
			var found []string
			var ts time.Time
			var value float64
			err := session.Query("SELECT * FROM bench.t WHERE id = ?", key%keys).Scan(&id, &name, &found, &ts, &value)
			if err == nil && len(name)+len(found) != 23 {
				return fmt.Errorf("a wrong row: %q", name)
			}
			return err
		}
	case "wide":
		return func(key int64) error {
			rows := session.Query("SELECT * FROM bench.wide WHERE id = ?", int32(key%wideKeys)).Iter()
			var id int32
			var seq int64
			var name string
			var ts time.Time
			var uid gocql.UUID
			var value, sum float64
			count := 0
			for rows.Scan(&id, &seq, &name, &ts, &uid, &value) {
				count++
				sum += value + float64(len(name))
			}
			if count != wideRows || sum == 0 {
				return fmt.Errorf("%d rows where %d were asked for", count, wideRows)
			}
			return rows.Close()
		}
	}
	fail(fmt.Errorf("no workload %q", workload))
	return nil
}

type load struct {
	next, answered atomic.Int64
	stopped, open  atomic.Bool
	mutex          sync.Mutex
	latencies      []float64
}

func (load *load) loop(send func(key int64) error) {
	var own []float64
	for !load.stopped.Load() {
		key := load.next.Add(1) - 1
		timed := key%latencyEvery == 0
		var sentAt time.Time
		if timed {
			sentAt = time.Now()
		}
		if err := send(key); err != nil {
			fail(err)
		}
		if timed && load.open.Load() {
			own = append(own, float64(time.Since(sentAt).Nanoseconds())/1e6)
		}
		load.answered.Add(1)
	}
	load.mutex.Lock()
	load.latencies = append(load.latencies, own...)
	load.mutex.Unlock()
}

func (load *load) percentile(part float64) *float64 {
	if len(load.latencies) == 0 {
		return nil
	}
	at := min(len(load.latencies)-1, int(float64(len(load.latencies))*part))
	return &load.latencies[at]
}

func cpu() (user, system float64) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err)
	}
	seconds := func(time syscall.Timeval) float64 { return float64(time.Sec) + float64(time.Usec)/1e6 }
	return seconds(usage.Utime), seconds(usage.Stime)
}

func peakRssMiB() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(status), "\n") {
		var kibibytes float64
		if count, _ := fmt.Sscanf(line, "VmHWM: %f", &kibibytes); count == 1 {
			return kibibytes / 1024
		}
	}
	return 0
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return strings.TrimPrefix(dependency.Version, "v")
		}
	}
	return ""
}

func main() {
	host := flag.String("host", "127.0.0.1", "")
	port := flag.Int("port", 9042, "")
	workload := flag.String("workload", "select1", "")
	inFlight := flag.Int("in-flight", 128, "")
	warmUpMs := flag.Int("warm-up-ms", 1500, "")
	measureMs := flag.Int("measure-ms", 2000, "")
	flag.Parse()

	cluster := gocql.NewCluster(*host)
	cluster.Port = *port
	cluster.ProtoVersion = 4
	cluster.PageSize = pageSize
	cluster.Timeout = 10 * time.Second
	cluster.PoolConfig.HostSelectionPolicy = gocql.TokenAwareHostPolicy(gocql.RoundRobinHostPolicy())
	if *inFlight == 1 {
		cluster.WriteCoalesceWaitTime = 0 // as its documentation advises for latency
	}
	session, err := cluster.CreateSession()
	if err != nil {
		fail(err)
	}
	send := request(session, *workload)
	var load load
	var all sync.WaitGroup
	for range *inFlight {
		all.Add(1)
		go func() {
			defer all.Done()
			load.loop(send)
		}()
	}
	time.Sleep(time.Duration(*warmUpMs) * time.Millisecond)
	user, system := cpu()
	first, openedAt := load.answered.Load(), time.Now()
	load.open.Store(true)
	time.Sleep(time.Duration(*measureMs) * time.Millisecond)
	userAtEnd, systemAtEnd := cpu()
	requests, seconds := load.answered.Load()-first, time.Since(openedAt).Seconds()
	load.stopped.Store(true)
	all.Wait()
	sort.Float64s(load.latencies)
	line, _ := json.Marshal(report{
		Requests: requests, Seconds: seconds, CPUUserSeconds: userAtEnd - user, CPUSystemSeconds: systemAtEnd - system,
		P50Ms: load.percentile(0.5), P99Ms: load.percentile(0.99), P999Ms: load.percentile(0.999),
		PeakRssMiB: peakRssMiB(), Version: version(), Protocol: cluster.ProtoVersion,
	})
	fmt.Println(string(line))
}
