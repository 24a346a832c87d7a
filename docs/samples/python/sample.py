"""Creates, gets and lists a virtual server, and reads the details of a refusal.

usage: python3 sample.py HOST:PORT [CA_FILE TOKEN]      (with the code that protoc generates on PYTHONPATH: docs/clients.md)
"""
import pathlib
import sys
import uuid

import grpc
import refusal_pb2
from virtualserver.v1 import inventory_pb2, inventory_service_pb2, inventory_service_pb2_grpc, reference_pb2
from virtualserver.v1 import virtual_server_pb2, virtual_server_service_pb2, virtual_server_service_pb2_grpc

CONFIG = pathlib.Path(__file__).parent.parent / "service_config.json"


def connect(address, ca_file=None, token=None):
    """A channel with the deadlines and retries of service_config.json; with a CA and a token, over TLS."""
    options = [("grpc.service_config", CONFIG.read_text())]
    if ca_file is None:
        return grpc.insecure_channel(address, options)
    credentials = grpc.composite_channel_credentials(
        grpc.ssl_channel_credentials(pathlib.Path(ca_file).read_bytes()), grpc.access_token_call_credentials(token))
    return grpc.secure_channel(address, credentials, options)


def details_of(error):
    """The details of a refusal by the name of their message, such as ErrorInfo; empty if the service was not reached."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            details = {}
            for detail in refusal_pb2.Status.FromString(value).details:
                name = detail.type_url.rpartition("google.rpc.")[2]
                if hasattr(refusal_pb2, name):
                    details[name] = getattr(refusal_pb2, name).FromString(detail.value)
            return details
    return {}


def main(address, *security):
    with connect(address, *security) as channel:
        inventory = inventory_service_pb2_grpc.InventoryServiceStub(channel)
        virtual_servers = virtual_server_service_pb2_grpc.VirtualServerServiceStub(channel)

        unique = uuid.uuid4()
        name, vip, device = f"sample-{unique.hex}", f"10.{unique.bytes[0]}.{unique.bytes[1]}.{unique.bytes[2]}", "sample-lb"
        for known in (inventory_pb2.InventoryObject(ip_address=inventory_pb2.IpAddress(address=vip)),
                      inventory_pb2.InventoryObject(device=inventory_pb2.Device(name=device))):
            inventory.UpsertInventoryObject(inventory_service_pb2.UpsertInventoryObjectRequest(inventory_object=known))

        wanted = virtual_server_pb2.VirtualServer(
            name=name, vip=reference_pb2.Reference(name=vip), port=443,
            protocol=virtual_server_pb2.PROTOCOL_HTTPS, load_balancer_type=virtual_server_pb2.LOAD_BALANCER_TYPE_LAYER_7,
            device=reference_pb2.Reference(name=device))
        # All attempts of a call have the same request_id, so that the service executes it once.
        created = virtual_servers.CreateVirtualServer(virtual_server_service_pb2.CreateVirtualServerRequest(
            virtual_server=wanted, request_id=str(uuid.uuid4()), reason="sample"), metadata=[("x-actor", "sample")])
        print("created", created.virtual_server.name)

        got = virtual_servers.GetVirtualServer(virtual_server_service_pb2.GetVirtualServerRequest(name=name))
        print("got", got.virtual_server.name, "version", got.virtual_server.version)

        request = virtual_server_service_pb2.ListVirtualServersRequest(page_size=1, filter={"names": [name]})
        while True:
            page = virtual_servers.ListVirtualServers(request)
            for virtual_server in page.virtual_servers:
                print("listed", virtual_server.name, "port", virtual_server.port)
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token

        wanted.port = 70000
        try:
            virtual_servers.CreateVirtualServer(virtual_server_service_pb2.CreateVirtualServerRequest(virtual_server=wanted))
        except grpc.RpcError as error:
            details = details_of(error)
            if "ErrorInfo" not in details:
                raise
            print("refused", error.code().name, details["ErrorInfo"].reason)
            for violation in details["BadRequest"].field_violations:
                print("field", violation.field, violation.reason)


if __name__ == "__main__":
    main(*sys.argv[1:])
