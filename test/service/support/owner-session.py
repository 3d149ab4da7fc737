"""An owner's session with the REST API as Python's requests speaks it; prints what was answered as one JSON object.

Usage: owner-session.py ORIGIN CA_FILE ATTESTATION_TOKEN DEVICE_UUID, the API key in OWNER_KEY.
"""

import csv
import io
import json
import os
import platform
import sys
import time

import requests

ORIGIN, CA, TOKEN, UUID = sys.argv[1:5]
API = f"{ORIGIN}/v1/"
TAG = 16842753
SEEN = {}
AGENT = f"nrfcloud-utils/3.3.1 ({platform.system()} {platform.release()}; Python {platform.python_version()})"


def headers(**more):
    return {"Authorization": f"Bearer {os.environ['OWNER_KEY']}", "User-Agent": AGENT, **more}


def call(name, method, path, **what):
    what.setdefault("headers", headers())
    answer = requests.request(method, path if path.startswith("https:") else API + path, verify=CA, timeout=60, **what)
    body = answer.json() if answer.text else None
    SEEN[name] = {"status": answer.status_code, "reason": answer.reason, "body": body}
    return body


def queue(name, request):
    body = {"description": name, "request": request}
    return call(name, "POST", f"claimed-devices/{UUID}/provisioning", json=body)["id"]


def wait_for(name, path, field="status"):
    for _ in range(600):
        body = call(name, "GET", path)
        if body[field] not in ("PENDING", "IN_PROGRESS"):
            return body
        time.sleep(0.05)
    sys.exit(f"{name} never became final")


def bulk_rows(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


call("dry run", "POST", "claimed-devices?dryrun=true", json={"claimToken": TOKEN})
call("rules before", "GET", "provisioning-rules")
call("tag", "POST", "provisioning/tags", json={"tag": "line-tag", "description": "made by a test"})
rule = {
    "name": "a rule",
    "description": "made by a test",
    "active": True,
    "commands": [{"request": {"cloudAccessKeyGeneration": {"secTag": TAG}}}],
    "tags": ["line-tag"],
}
call("rule", "POST", "provisioning-rules", json=rule)
call("rules after", "GET", "provisioning-rules")
call("claim", "POST", "claimed-devices", json={"claimToken": TOKEN, "tags": ["first,line-tag"]})
call("claim again", "POST", "claimed-devices", json={"claimToken": TOKEN})
call("bulk", "POST", "claimed-devices", data=bulk_rows([[TOKEN, "t1,t2"]]), headers=headers(contentType="text/csv"))
call("bulk without tags", "POST", "claimed-devices", data=bulk_rows([[TOKEN]]), headers=headers(contentType="text/csv"))

request = {"certificateSigningRequest": {"attributes": "CN=unit-1,O=Line", "keyUsage": "101010000", "secTag": TAG}}
csr_id = queue("csr", request)
SEEN["csr result"] = wait_for("csr state", f"claimed-devices/{UUID}/provisioning/{csr_id}")
certificate = os.environ["DEVICE_CERTIFICATE"]
client_id = queue("client certificate", {"clientCertificate": {"content": certificate, "secTag": TAG}})
queue("server certificate", {"serverCertificate": {"content": certificate, "secTag": TAG}})
finished_id = queue("finished", {"finished": {}})
wait_for("client state", f"claimed-devices/{UUID}/provisioning/{client_id}")
wait_for("finished state", f"claimed-devices/{UUID}/provisioning/{finished_id}")

call("account", "GET", "account")
call("unknown device", "GET", "devices/unit-1")
plain = headers(**{"content-type": "text/plain", "Accept-Encoding": "*"})
row = f'unit-1,,warehouse|line,APP|MODEM,"{certificate}"\n'
operation = call("onboard", "POST", "devices", data=row, headers=plain)["bulkOpsRequestId"]
SEEN["operation"] = wait_for("operation state", f"bulk-ops-requests/{operation}")
call("device", "GET", "devices/unit-1")
state = {"reported": {"device": {"deviceInfo": {"modemFirmware": "mfw_nrf91x1_2.0.2"}}}}
call("state", "PATCH", "devices/unit-1/state", json=state)
call("name", "PUT", "devices/unit-1/name", json=["350000000000001"])
page = "devices?includeState=false&includeStateMeta=false&pageSort=desc&pageLimit=20"
call("devices", "GET", page)
call("devices by id", "GET", f"{page}&deviceIds=unit-1")
typed = headers(**{"content-type": "text/csv", "Accept-Encoding": "*"})
bad = io.BytesIO(f'unit-2,,,APP|MODEM,"{certificate}"\nno id,,,,"x"\n{row}'.encode())
operation = call("onboard again", "POST", "devices", data=bad, headers=typed)["bulkOpsRequestId"]
failed = wait_for("failed operation", f"bulk-ops-requests/{operation}")
SEEN["failed"] = failed
SEEN["joined"] = "".join(name + "," + value + "\n" for name, value in failed.items())
# The summary is fetched without the key.
call("summary", "GET", failed["errorSummaryUrl"], headers={})
call("firmwares", "GET", "firmwares?pageLimit=100&modemOnly=true")
call("unclaim", "DELETE", f"claimed-devices/{UUID}")
call("unclaim again", "DELETE", f"claimed-devices/{UUID}")
print(json.dumps(SEEN))
