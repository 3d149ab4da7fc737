import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { freePorts, NatsServer } from "./nats-server.ts";

/** Three servers of one cluster on 127.0.0.1. */
export class NatsCluster {
  readonly nodes: readonly NatsServer[];

  private constructor(nodes: readonly NatsServer[]) {
    this.nodes = nodes;
  }

  /** Starts the nodes and waits until they have a leader. `config` is added to every node's configuration. */
  static async start(count = 3, config = ""): Promise<NatsCluster> {
    const ports = await freePorts(2 * count);
    const clients = ports.slice(0, count);
    const routes = ports.slice(count).map((port) => ({ port, url: `nats-route://127.0.0.1:${port}` }));
    const nodes = await Promise.all(
      routes.map(({ port: listen }, index) =>
        NatsServer.start({
          name: `n${index + 1}`,
          port: clients[index] ?? 0,
          config: `${config}\ncluster { name: line, listen: "127.0.0.1:${listen}", routes: [${routes
            .filter(({ port }) => port !== listen)
            .map(({ url }) => url)
            .join(", ")}] }`,
        }),
      ),
    );
    const cluster = new NatsCluster(nodes);
    await cluster.settled();
    return cluster;
  }

  /** Where stations connect, without TLS. */
  get urls(): readonly string[] {
    return this.nodes.map(({ url }) => url);
  }

  /**
   * Waits until every stream has its leader and the running nodes have all that is in it: until then a stream that loses one more
   * node has lost two.
   */
  async settled(): Promise<void> {
    for (;;) {
      if (await this.#ask((manager) => this.#areWhole(manager)).catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #areWhole(manager: JetStreamManager): Promise<boolean> {
    await manager.getAccountInfo();
    for await (const { cluster } of manager.streams.list()) {
      if (cluster?.leader === undefined || cluster.leader === "") return false;
      const running = (cluster.replicas ?? []).filter(
        ({ name }) => this.nodes.find((node) => node.name === name)?.running,
      );
      if (!running.every(({ current }) => current)) return false;
    }
    return true;
  }

  /** The node that leads a stream. */
  async leaderOf(stream: string): Promise<NatsServer> {
    const { cluster } = await this.#ask((manager) => manager.streams.info(stream));
    const leader = this.nodes.find(({ name }) => name === cluster?.leader);
    if (leader === undefined) throw new TypeError(`${stream} has no leader`);
    return leader;
  }

  /** Ends every node and removes their files. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  async #ask<T>(work: (manager: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T>): Promise<T> {
    const servers = this.nodes.filter(({ running }) => running).map(({ port }) => `127.0.0.1:${port}`);
    const nats = await connect({ servers, timeout: 2000, reconnect: false });
    try {
      return await work(await jetstreamManager(nats, { checkAPI: false, timeout: 2000 }));
    } finally {
      await nats.close();
    }
  }
}
