import { describe, expect, it } from "vitest";
import { FakeStation } from "../../../renderer/dev/fake-station.ts";
import { SCENES } from "../../../renderer/dev/scenes.ts";
import { useOrders } from "../../../renderer/stores/orders.ts";
import { useSession } from "../../../renderer/stores/session.ts";
import { useStation } from "../../../renderer/stores/station.ts";
import { FakeMain, settled, useMain } from "./rig.ts";

const scene = SCENES.find(({ name }) => name === "ready-8")!;

async function rig(as?: "engineer" | "operator" | "nobody") {
  const fake = new FakeStation(scene, {}, as);
  const main = new FakeMain((kind, asks) => fake.request(kind, asks));
  useMain(main);
  fake.subscribe("news", (bundle) => main.tell(...(bundle as never[])));
  useStation().follow();
  await settled();
  return { session: useSession(), orders: useOrders(), main };
}

describe("the session store", () => {
  it("lets everybody do everything at an open station, under the name that was typed", async () => {
    const { session } = await rig();
    expect(session).toMatchObject({ open: true, mayEdit: true, mayWork: true, operator: "Operator 07" });
  });

  it.each([
    ["engineer", { mayEdit: true, mayWork: true, operator: "Dana Weiss", role: "engineer" }],
    ["operator", { mayEdit: false, mayWork: true, operator: "Ana Duarte", role: "operator" }],
    ["nobody", { mayEdit: false, mayWork: false, operator: undefined, role: undefined }],
  ] as const)("gives %s the rights of the role", async (as, expected) => {
    const { session } = await rig(as);
    expect(session).toMatchObject({ open: false });
    expect({ ...session }).toMatchObject(expected);
  });

  it("follows a sign-in and a sign-out that the station tells", async () => {
    const { session } = await rig("nobody");
    expect(await session.signIn({ name: "Ana Duarte" })).toMatchObject({ kind: "signed-in" });
    await settled();
    expect(session.operator).toBe("Ana Duarte");
    await session.signOut();
    await settled();
    expect(session.operator).toBeUndefined();
  });
});

describe("starting", () => {
  it("asks who works here instead of starting while nobody is signed in", async () => {
    const { session, orders, main } = await rig("nobody");
    await orders.start();
    expect(session.asking).toBe(true);
    expect(main.asked.filter(({ kind }) => kind === "start")).toEqual([]);
  });

  it("never names an operator to a station that knows who is signed in", async () => {
    const { orders, main } = await rig("operator");
    await orders.start();
    const [start] = main.asked.filter(({ kind }) => kind === "start");
    expect(start?.asks).not.toHaveProperty("operator");
  });
});
