"""A VAE-GAN training step in eager PyTorch, channels_last: the same network, losses and optimiser as ours.

TensorFlow pads an even image at its end where PyTorch pads its beginning. Flipped by both axes, the two are the
same: images and kernels are flipped once when they are read, and nothing is padded in a step.
"""

import torch
import torch.nn.functional as F
from peer import serve

BATCH = "batch/"


def conv_kernel(array):
    """[height, width, in, out] of a convolution, [height, width, out, in] of a transposed one, for PyTorch."""
    kernel = torch.from_numpy(array.copy()).permute(3, 2, 0, 1).flip(2, 3)
    return kernel.contiguous(memory_format=torch.channels_last)


def images_of(array):
    images = torch.from_numpy(array.copy()).permute(0, 3, 1, 2).flip(2, 3)
    return images.contiguous(memory_format=torch.channels_last)


def flip_rows(array, size):
    """Rows of a dense layer that reads a flattened image [size, size, channels]."""
    rows, out = array.shape
    image = torch.from_numpy(array.copy()).reshape(size, size, rows // size**2, out)
    return image.flip(0, 1).reshape(rows, out)


def flip_columns(array, size):
    """The same for a layer that makes such an image: its columns, or its bias."""
    image = torch.from_numpy(array.copy()).reshape(*array.shape[:-1], size, size, -1)
    return image.flip(-3, -2).reshape(array.shape)


class VaeGan:
    def __init__(self, config, arrays):
        self.config = config
        size = config["imageSize"]
        self.bottom = {p: size >> len(config[p]["channels"]) for p in ("encoder", "generator", "discriminator")}
        first_dense = "encoder/fc" if config["encoder"]["dense"] > 0 else "encoder/variational/"
        self.w = {}
        for name, array in arrays.items():
            if name.startswith(BATCH):
                continue
            if array.ndim == 4:
                tensor = conv_kernel(array)
            elif name.endswith("/W") and name.startswith(first_dense):
                tensor = flip_rows(array, self.bottom["encoder"])
            elif name == "discriminator/logit/W":
                tensor = flip_rows(array, self.bottom["discriminator"])
            elif name.startswith("generator/fc/"):
                tensor = flip_columns(array, self.bottom["generator"])
            else:
                tensor = torch.from_numpy(array.copy())
            self.w[name] = tensor.clone(memory_format=torch.preserve_format)
        self.players = {}
        for player in ("encoder", "generator", "discriminator"):
            names = [n for n in self.w if n.startswith(player) and not n.endswith(("bn/mean", "bn/variance"))]
            self.players[player] = [self.w[n].requires_grad_() for n in names]

    def normalise(self, x, layer):
        return F.batch_norm(
            x,
            self.w[f"{layer}/bn/mean"],
            self.w[f"{layer}/bn/variance"],
            self.w[f"{layer}/bn/gamma"],
            self.w[f"{layer}/bn/beta"],
            training=True,
            momentum=1 - self.config["batchNormMomentum"],
            eps=self.config["batchNormEpsilon"],
        )

    def dense(self, x, name):
        return torch.addmm(self.w[f"{name}/b"], x, self.w[f"{name}/W"])

    def convolve(self, x, layer):
        kernel = self.w[f"{layer}/conv2d/W"]
        return F.conv2d(x, kernel, self.w.get(f"{layer}/conv2d/b"), stride=2, padding=1)

    def encode(self, x):
        encoder = self.config["encoder"]
        for at in range(len(encoder["channels"])):
            layer = f"encoder/layer{at + 1}"
            x = self.convolve(x, layer)
            x = F.elu(self.normalise(x, layer) if encoder["batchNorm"] else x)
        h = x.permute(0, 2, 3, 1).flatten(1)
        if encoder["dense"] > 0:
            h = self.dense(h, "encoder/fc")
        mu = self.dense(h, "encoder/variational/mu")
        log_sigma = torch.tanh(self.dense(h, "encoder/variational/log_sigma")) * encoder["logSigmaLimit"]
        return (torch.tanh(mu) if encoder["mu"] == "tanh" else mu), log_sigma

    def generate(self, z):
        generator = self.config["generator"]
        size, last = self.bottom["generator"], len(generator["channels"]) - 1
        h = F.elu(self.dense(z, "generator/fc"))
        h = h.view(-1, size, size, generator["baseChannels"]).permute(0, 3, 1, 2)
        # A kernel of 3 leaves one row and column to the end; one of 4 is symmetric.
        end = generator["kernelSize"] % 2
        for at in range(last + 1):
            layer = f"generator/layer{at + 1}"
            kernel, bias = self.w[f"{layer}/deconv2d/W"], self.w.get(f"{layer}/deconv2d/b")
            h = F.conv_transpose2d(h, kernel, bias, stride=2, padding=1, output_padding=end)
            if f"{layer}/bn/gamma" in self.w:
                h = self.normalise(h, layer)
            h = torch.tanh(h) if at == last and generator["output"] == "tanh" else F.elu(h)
        return h

    def discriminate(self, x):
        features = []
        for at in range(len(self.config["discriminator"]["channels"])):
            x = F.elu(self.convolve(x, f"discriminator/layer{at + 1}"))
            features.append(x)
        return self.dense(x.permute(0, 2, 3, 1).flatten(1), "discriminator/logit"), features


def build(config, arrays, threads):
    torch.set_num_threads(threads)
    net = VaeGan(config, arrays)
    loss, optimiser = config["loss"], config["optimiser"]
    images = images_of(arrays[BATCH + "images"])
    given = [torch.from_numpy(arrays[BATCH + name].copy()) for name in ("noise", "prior")]
    batch = images.shape[0]
    adams = {
        player: torch.optim.Adam(
            parameters,
            optimiser["discriminatorLearningRate" if player == "discriminator" else "learningRate"],
            (optimiser["beta1"], optimiser["beta2"]),
            optimiser["epsilon"],
            fused=True,
        )
        for player, parameters in net.players.items()
    }

    def half_squared_error(a, b):
        return (a - b).square().sum() * (0.5 / batch)

    def step(use_given):
        noise, prior = given if use_given else [torch.randn_like(values) for values in given]
        mu, log_sigma = net.encode(images)
        made = net.generate(torch.cat([mu + noise * log_sigma.exp(), prior]))
        logits, features = net.discriminate(torch.cat([images, made]))
        kl = (mu.square() + (2 * log_sigma).exp() - 2 * log_sigma - 1).sum() * (0.5 / batch)
        pixel = half_squared_error(made[:batch], images)
        compared = [features[at] for at in config["discriminator"]["similarityLayers"]]
        similarity = sum(half_squared_error(f[batch : 2 * batch], f[:batch]) for f in compared)
        real, *made_logits = logits.split(batch)
        on_real = F.softplus(-real).mean()
        on_made = [F.softplus(part).mean() for part in made_logits]
        of_discriminator = (on_real + sum(on_made)) / 3
        if loss["generator"] == "minimax":
            adversarial = -of_discriminator
        else:
            adversarial = sum(F.softplus(-part).mean() for part in made_logits) / 2
        pixel_term = pixel * loss["adversarialPixel"]
        objectives = {
            "encoder": kl * loss["kl"] + similarity * loss["encoderSimilarity"] + pixel_term,
            "generator": similarity * loss["generatorSimilarity"] + adversarial * loss["adversarial"] + pixel_term,
            "discriminator": of_discriminator,
        }
        gradients = {
            player: torch.autograd.grad(objective, net.players[player], retain_graph=player != "discriminator")
            for player, objective in objectives.items()
        }
        for player, adam in adams.items():
            for parameter, gradient in zip(net.players[player], gradients[player]):
                parameter.grad = gradient
            adam.step()
            adam.zero_grad(set_to_none=True)
        return torch.stack([kl, pixel, similarity, on_real, *on_made]).tolist()

    return step


serve(f"PyTorch {torch.__version__.split('+')[0]}", build)
