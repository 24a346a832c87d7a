using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace VirtualServers.Faults.Observers;

/// <summary>Acknowledges messages some time after they came; at once without a delay.</summary>
internal sealed class LateAcks(IChannel channel, TimeSpan delay)
{
    private ulong newest;
    private bool isWaiting;

    public async Task Acknowledge(ulong tag)
    {
        newest = tag;
        if (delay == TimeSpan.Zero) await Send(tag);
        else if (!isWaiting) _ = SendLater();
    }

    private async Task SendLater()
    {
        isWaiting = true;
        await Task.Delay(delay);
        isWaiting = false;
        await Send(newest);
    }

    private async Task Send(ulong tag)
    {
        try
        {
            await channel.BasicAckAsync(tag, multiple: true);
        }
        catch (Exception exception) when (exception is RabbitMQClientException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection has ended, so the message comes again.
        }
    }
}
