using Grpc.Core;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Certificates.Draft>;
using Content = VirtualServers.Domain.Certificates.CertificateProfile;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Api;

/// <summary>CertificateProfileService: each method names its command or query.</summary>
public sealed class CertificateProfileApi(
    Registry registry, ObjectReader objects, ObjectBatches batches, Pages pages, CertificateRotation rotation)
    : CertificateProfileService.CertificateProfileServiceBase
{
    public override Task<CreateCertificateProfileResponse> CreateCertificateProfile(
        CreateCertificateProfileRequest request, ServerCallContext context) => registry.Execute(
        Requests.Create(
            request,
            Resources.CertificateProfile,
            request.CertificateProfile?.Id,
            new Create(CertificateProfileWire.ToDraft(request.CertificateProfile))),
        Caller.Of(context),
        done => new CreateCertificateProfileResponse { CertificateProfile = CertificateProfileWire.ToWire(done) },
        context.CancellationToken);

    public override async Task<GetCertificateProfileResponse> GetCertificateProfile(
        GetCertificateProfileRequest request, ServerCallContext context)
    {
        var found = await objects.Get<Content>(Reads.ToQuery(request, Kind.CertificateProfile), context.CancellationToken);
        return new() { CertificateProfile = CertificateProfileWire.ToWire(found) };
    }

    public override async Task<ListCertificateProfilesResponse> ListCertificateProfiles(
        ListCertificateProfilesRequest request, ServerCallContext context)
    {
        var mask = new ReadMask(request.ReadMask, V1.CertificateProfile.Descriptor);
        var query = Reads.ToQuery(request, [Kind.CertificateProfile], FilterWire.Read(request.Filter), mask);
        var page = await pages.Read<Content, V1.CertificateProfile>(
            query, one => mask.Trimmed(CertificateProfileWire.ToWire(one)), context.CancellationToken);
        return new ListCertificateProfilesResponse { CertificateProfiles = { page.Objects } }.Paged(page);
    }

    public override async Task<BatchGetCertificateProfilesResponse> BatchGetCertificateProfiles(
        BatchGetCertificateProfilesRequest request, ServerCallContext context)
    {
        var targets = Reads.ToTargets(request.Targets, Kind.CertificateProfile);
        var mask = new ReadMask(request.ReadMask, V1.CertificateProfile.Descriptor);
        var query = Reads.ToQuery(request, [Kind.CertificateProfile], targets, mask);
        var found = await batches.Read<Content>(query, context.CancellationToken);
        return new()
        {
            CertificateProfiles = { found.Objects.Select(one => mask.Trimmed(CertificateProfileWire.ToWire(one))) },
            Missing = { Reads.ToWire(found.Missing) },
        };
    }

    public override Task<UpdateCertificateProfileResponse> UpdateCertificateProfile(
        UpdateCertificateProfileRequest request, ServerCallContext context)
    {
        var draft = CertificateProfileWire.ToDraft(request.CertificateProfile, request.UpdateMask, out var malformed);
        return registry.Execute(
            Requests.Change(request, Resources.CertificateProfile, new Configure(draft), malformed, Resources.CertificateProfile.Prefix),
            Caller.Of(context),
            done => new UpdateCertificateProfileResponse { CertificateProfile = CertificateProfileWire.ToWire(done) }
                .Showing(done.Conditions),
            context.CancellationToken);
    }

    public override Task<DeleteCertificateProfileResponse> DeleteCertificateProfile(
        DeleteCertificateProfileRequest request, ServerCallContext context) => registry.Execute(
        Requests.Change(request, Resources.CertificateProfile, new Delete(request.AllowMissing)), Caller.Of(context),
        done => new DeleteCertificateProfileResponse { CertificateProfile = CertificateProfileWire.ToWire(done) },
        context.CancellationToken);

    public override Task<UndeleteCertificateProfileResponse> UndeleteCertificateProfile(
        UndeleteCertificateProfileRequest request, ServerCallContext context) => registry.Execute(
        Requests.Change(request, Resources.CertificateProfile, new Undelete(), onlyLive: false), Caller.Of(context),
        done => new UndeleteCertificateProfileResponse { CertificateProfile = CertificateProfileWire.ToWire(done) },
        context.CancellationToken);

    public override Task<RotateCertificateProfileResponse> RotateCertificateProfile(
        RotateCertificateProfileRequest request, ServerCallContext context) => rotation.Execute(
        CertificateProfileWire.ToRotation(request), Requests.Options(request), Caller.Of(context),
        CertificateProfileWire.ToWire, context.CancellationToken);
}
