//! Receives into a folder, for measuring.
#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let mut config = carryon_receiver::Config::new(args.next().unwrap());
    config.listen = args.next().unwrap().parse().unwrap();
    config.access_log = args.next().map(Into::into);
    let receiver = carryon_receiver::Receiver::start(config).await.unwrap();
    println!("{}", receiver.url());
    tokio::signal::ctrl_c().await.unwrap();
    receiver.shutdown().await;
}
