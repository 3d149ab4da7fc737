import { realClock } from "../../src/core/real-clock.ts";
import { FakeLine, SHORT } from "../fakes/fake-at-link.ts";
import { describeAtLink } from "./at-link-contract.ts";

describeAtLink({ name: "memory", exclusive: true, flood: 10_000 }, async () => {
  const line = new FakeLine(realClock, SHORT);
  return {
    opener: line,
    far: {
      send: (bytes) => line.far.send(bytes),
      received: (count) => line.far.collector.received(count),
      stall: () => line.far.stall(),
      vanish: () => line.far.vanish(),
    },
    dispose: async () => line.far.resume(),
  };
});
