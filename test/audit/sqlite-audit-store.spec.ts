import { auditStoreContract } from "./audit-store-contract.ts";
import { TempAudit } from "./temp-audit.ts";

auditStoreContract("SqliteAuditStore", async () => {
  const temp = await TempAudit.make();
  const { store } = await temp.open();
  return { store, dispose: () => temp.dispose() };
});
