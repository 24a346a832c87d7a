namespace VirtualServers.Domain.VirtualServers;

/// <summary>Be active.</summary>
public sealed record Enable : Command<Draft>;

/// <summary>Be inactive, and keep everything else.</summary>
public sealed record Disable : Command<Draft>;

/// <summary>Offer another certificate profile in the place of this one, if it is offered.</summary>
public sealed record RotateCertificate(Guid From, Guid To) : Command<Draft>;
