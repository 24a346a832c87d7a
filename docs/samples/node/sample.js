// Creates, gets and lists a virtual server, and reads the details of a refusal.
//
// usage: node sample.js PROTOS HOST:PORT [CA_FILE TOKEN]     PROTOS: the folder protos of the repository or of VsGrpc.Contracts
'use strict';

const { randomBytes, randomUUID } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { promisify } = require('node:util');
const grpc = require('@grpc/grpc-js');
const { loadSync } = require('@grpc/proto-loader');

const [protos, address, caFile, token] = process.argv.slice(2);
const samples = join(__dirname, '..');

// Names as in the protos, and 64 bits as texts, which a number of JavaScript cannot hold.
const loading = { keepCase: true, longs: String, enums: String, includeDirs: [protos, samples] };
const contract = grpc.loadPackageDefinition(loadSync(
  ['virtualserver/v1/inventory_service.proto', 'virtualserver/v1/virtual_server_service.proto'], loading)).virtualserver.v1;
const refusal = loadSync('refusal.proto', { ...loading, defaults: true, arrays: true });

// Over TLS, if there are a CA and a token.
function credentials() {
  if (!caFile) return grpc.credentials.createInsecure();
  return grpc.credentials.combineChannelCredentials(
    grpc.credentials.createSsl(readFileSync(caFile)),
    grpc.credentials.createFromMetadataGenerator((_, done) => {
      const metadata = new grpc.Metadata();
      metadata.set('authorization', `Bearer ${token}`);
      done(null, metadata);
    }));
}

// The details of a refusal by the name of their message, such as ErrorInfo; empty if the service was not reached.
function detailsOf(error) {
  const details = {};
  for (const bytes of error.metadata?.get('grpc-status-details-bin') ?? []) {
    for (const detail of refusal['refusal.Status'].deserialize(bytes).details) {
      const name = detail.type_url.split('google.rpc.')[1];
      const message = refusal[`refusal.${name}`];
      if (message) details[name] = message.deserialize(detail.value);
    }
  }
  return details;
}

async function main() {
  // Deadlines and retries.
  const options = { 'grpc.service_config': readFileSync(join(samples, 'service_config.json'), 'utf8') };
  const inventory = new contract.InventoryService(address, credentials(), options);
  const virtualServers = new contract.VirtualServerService(address, credentials(), options);
  const call = (client, method, request, metadata = new grpc.Metadata()) =>
    promisify(client[method]).call(client, request, metadata);

  const name = `sample-${randomUUID()}`;
  const vip = `10.${[...randomBytes(3)].join('.')}`;
  const device = 'sample-lb';
  await call(inventory, 'UpsertInventoryObject', { inventory_object: { ip_address: { address: vip } } });
  await call(inventory, 'UpsertInventoryObject', { inventory_object: { device: { name: device } } });

  const wanted = {
    name, vip: { name: vip }, port: 443, protocol: 'PROTOCOL_HTTPS', load_balancer_type: 'LOAD_BALANCER_TYPE_LAYER_7',
    device: { name: device },
  };
  // All attempts of a call have the same request_id, so that the service executes it once.
  const actor = new grpc.Metadata();
  actor.set('x-actor', 'sample');
  const created = await call(
    virtualServers, 'CreateVirtualServer', { virtual_server: wanted, request_id: randomUUID(), reason: 'sample' }, actor);
  console.log('created', created.virtual_server.name);

  const got = await call(virtualServers, 'GetVirtualServer', { name });
  console.log('got', got.virtual_server.name, 'version', got.virtual_server.version);

  const request = { page_size: 1, filter: { names: [name] } };
  do {
    const page = await call(virtualServers, 'ListVirtualServers', request);
    for (const listed of page.virtual_servers) console.log('listed', listed.name, 'port', listed.port);
    request.page_token = page.next_page_token;
  } while (request.page_token);

  try {
    await call(virtualServers, 'CreateVirtualServer', { virtual_server: { ...wanted, port: 70000 } });
  } catch (error) {
    const { ErrorInfo, BadRequest } = detailsOf(error);
    if (!ErrorInfo) throw error;
    console.log('refused', grpc.status[error.code], ErrorInfo.reason);
    for (const violation of BadRequest.field_violations) console.log('field', violation.field, violation.reason);
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
