# The binary is static: nothing but it, root certificates and an empty data folder is in the image.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
ARG COMMIT=unknown
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION} -X main.commit=${COMMIT}" -o /out/midgate ./cmd/midgate \
    && mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/midgate /midgate
COPY --from=build --chown=65532:65532 /out/data /data
# The demo keeps its pictures in the temporary folder, and there is no other that can be written.
ENV MIDGATE_DATA_DIR=/data TMPDIR=/data
EXPOSE 8080
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=10s CMD ["/midgate", "healthcheck"]
ENTRYPOINT ["/midgate"]
CMD ["serve"]
