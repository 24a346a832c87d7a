using Grpc.Core;
using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Views;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Certificates.Draft>;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Api;

/// <summary>CertificateProfileService: each call names its command, and the registry carries it out.</summary>
public sealed class CertificateProfileApi(Registry registry, CertificateRotation rotation, Reader reader, Pages pages) : CertificateProfileService.CertificateProfileServiceBase
{
    public override Task<CreateCertificateProfileResponse> CreateCertificateProfile(CreateCertificateProfileRequest request, ServerCallContext context)
    {
        var target = Requests.Chosen(request.CertificateProfile?.Id ?? "", Kind.CertificateProfile.Words, $"{CertificateProfileWire.Prefix}id");
        var call = Requests.Read<Command<Draft>>(request, target, new Create(CertificateProfileWire.ToDraft(request.CertificateProfile)), CertificateProfileWire.Prefix);
        return Execute(call, context, it => new CreateCertificateProfileResponse { CertificateProfile = it });
    }

    public override async Task<GetCertificateProfileResponse> GetCertificateProfile(GetCertificateProfileRequest request, ServerCallContext context)
    {
        var entry = await reader.Live<Domain.Certificates.CertificateProfile>(Target(request.Id, request.Name), context.CancellationToken);
        return new() { CertificateProfile = CertificateProfileWire.ToWire(entry.View!, entry.Names) };
    }

    public override async Task<ListCertificateProfilesResponse> ListCertificateProfiles(ListCertificateProfilesRequest request, ServerCallContext context)
    {
        var (entries, next) = await pages.Read<Domain.Certificates.CertificateProfile>(
            Kind.CertificateProfile, request.ShowDeleted, request.PageSize, request.PageToken, context.CancellationToken);
        return new() { CertificateProfiles = { entries.Select(entry => CertificateProfileWire.ToWire(entry.View!, entry.Names)) }, NextPageToken = next };
    }

    public override Task<UpdateCertificateProfileResponse> UpdateCertificateProfile(UpdateCertificateProfileRequest request, ServerCallContext context)
    {
        var draft = CertificateProfileWire.ToDraft(request.CertificateProfile, request.UpdateMask, out var malformed);
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new Configure(draft), CertificateProfileWire.Prefix, malformed);
        return Execute(call, context, it => new UpdateCertificateProfileResponse { CertificateProfile = it });
    }

    public override Task<DeleteCertificateProfileResponse> DeleteCertificateProfile(DeleteCertificateProfileRequest request, ServerCallContext context)
    {
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new Delete(request.AllowMissing));
        return Execute(call, context, it => new DeleteCertificateProfileResponse { CertificateProfile = it });
    }

    public override Task<UndeleteCertificateProfileResponse> UndeleteCertificateProfile(UndeleteCertificateProfileRequest request, ServerCallContext context)
    {
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name, living: false), new Undelete());
        return Execute(call, context, it => new UndeleteCertificateProfileResponse { CertificateProfile = it });
    }

    public override Task<RotateCertificateProfileResponse> RotateCertificateProfile(RotateCertificateProfileRequest request, ServerCallContext context)
    {
        var call = Requests.Read(request, new Address.ToBe("certificate rotation"), CertificateProfileWire.ToRotation(request));
        return rotation.Execute(call, Caller.Of(context), CertificateProfileWire.ToWire, context.CancellationToken);
    }

    private static Target Target(string id, string name, bool living = true) => Requests.Target(Kind.CertificateProfile, id, name, scope: "", living);

    private Task<TAnswer> Execute<TAnswer>(Call<Command<Draft>> call, ServerCallContext context, Func<V1.CertificateProfile?, TAnswer> answer)
        where TAnswer : Google.Protobuf.IMessage<TAnswer>, new() =>
        registry.Execute(Resources.CertificateProfile, call, Caller.Of(context), done => answer(done.Object), context.CancellationToken);
}
