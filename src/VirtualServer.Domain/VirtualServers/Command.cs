namespace VirtualServers.Domain.VirtualServers;

/// <summary>Enables the virtual server.</summary>
public sealed record Enable : Command<Draft>;

/// <summary>Disables the virtual server; everything else is kept.</summary>
public sealed record Disable : Command<Draft>;

/// <summary>Replaces a certificate profile, if the virtual server uses it.</summary>
public sealed record RotateCertificate(Guid From, Guid To) : Command<Draft>;
